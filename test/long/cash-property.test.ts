import { cashStandsOn } from './cash-property-range.js';

cashStandsOn(1, 250_000);
