import { checkShape } from '../../../documents/violations.js';
import { formatInstant } from '../../../operations/clock/instant.js';
import { openingAfter, startIn } from '../../../operations/clock/window.js';
import { checkedZone } from '../documents/clock-fields.js';
import { windowDocument } from '../documents/window-document.js';

/**
 * When a job with a window starts, for each instant at which it is ready; missed: only after the
 * first close behind the due time. Throws LoanbookError `invalid_document`.
 */
export function simulateWindow(input: unknown, sourceName = 'input'): object {
  const { time_zone, window, due, ready } = checkShape(windowDocument, input, { name: sourceName });
  const zone = checkedZone(time_zone);
  const { closes } = openingAfter(zone, window, due);
  return {
    closes: formatInstant(closes),
    starts: ready.map((instant) => {
      const start = startIn(zone, window, Math.max(due, instant));
      return { start: formatInstant(start), missed: start >= closes };
    }),
  };
}
