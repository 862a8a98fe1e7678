import { roundTrip } from './round-trip.js';

roundTrip({ loans: 24, days: 14, timeoutMs: 120_000, mostLeftOut: 0 });
