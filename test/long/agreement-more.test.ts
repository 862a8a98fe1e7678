import { agreementOn } from './agreement-range.js';

agreementOn(100_001, 200_000);
