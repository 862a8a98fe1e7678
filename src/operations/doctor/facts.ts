/**
 * What was found out about a house. Undefined: it could not be found out. Null where it may stand:
 * there is no calendar, backup, trial of a backup, key file, look of a scheduler.
 */
export interface KnownFacts {
  /** Versions, such as 20.19.0. */
  readonly node: string;
  readonly server: string;
  /** `on`, `off`, or another word of the server. */
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly max_connections: number;
  readonly connections: number;
  readonly workers: number;
  /** Bytes; of a night those of the largest of the last seven. */
  readonly disk_free: number;
  readonly night_bytes: number;
  /** Our clock less the server's. */
  readonly clock_skew_ms: number;
  /** Whether node and server know the time zone of every plan. */
  readonly zones_known: boolean;
  readonly tz_node: string;
  readonly tz_server: string;
  /** Days, YYYY-MM-DD. */
  readonly today: string;
  readonly calendar_through: string | null;
  readonly days_behind: number;
  readonly backup_hours: number | null;
  readonly restore_days: number | null;
  readonly orphan_tables: number;
  readonly superuser: boolean;
  readonly extra_grants: number;
  /** Permissions of the key file, in octal digits. */
  readonly key_mode: string | null;
  readonly rows_without_key: number;
  readonly seals: number;
  readonly scheduled_plans: number;
  readonly look_seconds: number | null;
  readonly quarantined: number;
}
export type Fact = keyof KnownFacts;
export type Facts = { readonly [Key in Fact]?: KnownFacts[Key] | undefined };
