import { cashStandsOn } from './cash-property-range.js';

cashStandsOn(250_001, 500_000);
