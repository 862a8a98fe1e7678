import { agreementOn } from './agreement-range.js';

agreementOn('any', 1, 100_000);
agreementOn('cash', 1, 100_000);
