import { fileURLToPath } from 'node:url';

/** The package's own folder, the same from `src/` (tests) and from `dist/`. */
export const packageRoot = fileURLToPath(new URL('..', import.meta.url));
