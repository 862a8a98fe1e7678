import { totalmem } from 'node:os';

const MEBIBYTE = 1024 * 1024;

/** The file in the data folder that postgresql.conf includes; ALTER SYSTEM still overrides it. */
export const SETTINGS_FILE = 'loanbook.conf';

/**
 * A quarter of the machine, from 128 MB to 4 GB. A table of more than a quarter of the buffers is
 * not kept in them when it is scanned: with 2 GB the schedules of a million loans (0.7 GB) were
 * read anew at every close, and the check of them grew from 1.3 s to 2.3 s within ten days.
 */
function sharedBuffersMb(): number {
  const quarter = Math.floor(totalmem() / MEBIBYTE / 4);
  return Math.min(Math.max(quarter, 128), 4096);
}

/** The text of SETTINGS_FILE. Written again at every start: folder and memory may have changed. */
export function settingsText(socketFolder: string): string {
  return `# Written by loanbook at every start; use ALTER SYSTEM for your own settings.
listen_addresses = ''
port = 5432
unix_socket_directories = '${socketFolder}'
unix_socket_permissions = 0700
max_connections = 100

# Nothing that was committed may be lost.
fsync = on
full_page_writes = on
synchronous_commit = on
wal_level = replica

# A close writes gigabytes within seconds: few checkpoints, spread out.
shared_buffers = ${sharedBuffersMb()}MB
min_wal_size = 1GB
max_wal_size = 8GB
checkpoint_timeout = 30min
checkpoint_completion_target = 0.9
wal_compression = off
maintenance_work_mem = 256MB

autovacuum = on
jit = off
max_parallel_workers_per_gather = 2
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] %a '
`;
}
