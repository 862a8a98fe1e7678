import { specialOf } from './ahead.js';
import type { EventScene } from './event-scene.js';
import { layLeft } from './take-principal.js';
import type { RatePpb } from './units.js';

/**
 * Another rate for the nights from today on; instalments not yet due are laid again over the same
 * term, the current one with its factor mixed by days (CONVENTIONS, Events: rate_change).
 */
export function applyRateChange(scene: EventScene, ratePpb: RatePpb, eventId: number): void {
  const { position, book, flow } = scene;
  const { rates } = specialOf(position);
  if (rates.length === 0) rates.push({ on: 0, ratePpb: position.ratePpb });
  const last = rates[rates.length - 1]!;
  if (last.on === book.date) last.ratePpb = ratePpb;
  else rates.push({ on: book.date, ratePpb });
  position.ratePpb = ratePpb;
  flow.touched = true;
  if (position.principalNotDue === 0) return;
  layLeft(scene, 'term', eventId);
}
