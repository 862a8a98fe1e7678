import { agreementOn } from './agreement-range.js';

agreementOn(1, 100_000);
