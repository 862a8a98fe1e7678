import { readMutatedFormats } from './mutated-formats.js';

// 10,000 of them are in test/long.
readMutatedFormats(100);
