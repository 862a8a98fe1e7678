import type { FactSource } from '../fact-source.js';
import { BACKUP_SOURCES } from './backups.js';
import { BOOK_SOURCES } from './book.js';
import { KEY_SOURCES } from './keys.js';
import { MACHINE_SOURCES } from './machine.js';
import { ROLE_SOURCES } from './roles.js';
import { SCHEDULER_SOURCES } from './scheduler.js';
import { SERVER_SOURCES } from './server.js';
import { ZONE_SOURCES } from './zones.js';

/** Every fact is found by one of them; a domain that knows of one adds its source. */
export const SOURCES: readonly FactSource[] = [
  ...MACHINE_SOURCES,
  ...SERVER_SOURCES,
  ...ZONE_SOURCES,
  ...BOOK_SOURCES,
  ...BACKUP_SOURCES,
  ...ROLE_SOURCES,
  ...KEY_SOURCES,
  ...SCHEDULER_SOURCES,
];
