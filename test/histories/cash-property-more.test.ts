import { cashStaysOn } from './cash-property-range.js';

cashStaysOn(25_001, 50_000);
