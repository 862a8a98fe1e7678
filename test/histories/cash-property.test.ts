import { cashStaysOn } from './cash-property-range.js';

cashStaysOn(1, 25_000);
