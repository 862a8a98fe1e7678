import { specialOf } from '../fold/ahead.js';
import type { RatePpb } from '../money/units.js';
import type { EventScene } from './event-scene.js';
import { layLeft } from './principal-reduction.js';

/**
 * Another rate for the nights from today on; instalments not yet due are laid again over the same
 * term, the current one with its factor mixed by days (CONVENTIONS, Events: rate_change).
 */
export function applyRateChange(scene: EventScene, ratePpb: RatePpb, eventId: number): void {
  const { position, book, flow } = scene;
  const { rates, settledRates } = specialOf(position);
  if (rates.length === 0) rates.push({ on: 0, ratePpb: position.ratePpb });
  const last = rates[rates.length - 1]!;
  // A rate that a prepayment was settled at stays what it was.
  if (last.on === book.date && rates.length > settledRates) last.ratePpb = ratePpb;
  else rates.push({ on: book.date, ratePpb });
  position.ratePpb = ratePpb;
  flow.touched = true;
  if (position.principalNotDue === 0) return;
  layLeft(scene, 'term', eventId);
}
