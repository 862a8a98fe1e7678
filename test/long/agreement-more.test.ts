import { agreementOn } from './agreement-range.js';

agreementOn('any', 100_001, 200_000);
agreementOn('cash', 100_001, 200_000);
