import { readMutatedFormats } from '../files/formats/mutated-formats.js';

// Of seven kinds of content: 10,500 files.
readMutatedFormats(Number(process.env.MUTATIONS ?? 1_500));
