import { roundTrip } from '../jobs/export/round-trip.js';

roundTrip({ loans: 300, days: 45, timeoutMs: 900_000, mostLeftOut: 10 });
