import { date, field, flag, integer, mapping, oneOf, words } from '../../../documents/fields.js';
import { checkShape } from '../../../documents/violations.js';
import type { Facts } from '../../../operations/doctor/facts.js';

const VERSION = /^[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}$/;
const OCTAL = /^0?[0-7]{3}$/;
const NUMBER = /^-?[0-9]{1,12}(?:\.[0-9]{1,6})?$/;

function version() {
  const rule = 'must be a version such as 20.19.0';
  return field(rule, { type: 'string', pattern: VERSION.source }, (text) =>
    VERSION.test(text) ? text : undefined,
  );
}

function permissions() {
  const rule = 'must be permissions in octal digits, such as 600';
  return field(rule, { type: 'string', pattern: OCTAL.source }, (text) =>
    OCTAL.test(text) ? text : undefined,
  );
}

/** A length of time, perhaps with a fraction. */
function quantity(min: number) {
  const rule = min === 0 ? 'must be a number, not negative' : 'must be a number';
  return field(rule, { type: 'number' }, (text) =>
    NUMBER.test(text) && Number(text) >= min ? Number(text) : undefined,
  );
}

const count = () => integer(0).optional();

const doctorSchema = mapping({
  kind: oneOf('doctor'),
  facts: mapping({
    node: version().optional(),
    server: version().optional(),
    fsync: words().optional(),
    full_page_writes: words().optional(),
    synchronous_commit: words().optional(),
    max_connections: count(),
    connections: count(),
    workers: count(),
    disk_free: count(),
    night_bytes: count(),
    clock_skew_ms: quantity(Number.NEGATIVE_INFINITY).optional(),
    zones_known: flag().optional(),
    tz_node: words().optional(),
    tz_server: words().optional(),
    today: date().optional(),
    calendar_through: date().nullable().optional(),
    days_behind: count(),
    backup_hours: quantity(0).nullable().optional(),
    restore_days: quantity(0).nullable().optional(),
    orphan_tables: count(),
    superuser: flag().optional(),
    extra_grants: count(),
    key_mode: permissions().nullable().optional(),
    rows_without_key: count(),
    seals: count(),
    scheduled_plans: count(),
    look_seconds: quantity(0).nullable().optional(),
    quarantined: count(),
  }),
});

/** The facts that `simulate` of the doctor takes. Throws LoanbookError `invalid_document`. */
export function readDoctorInput(input: unknown, name: string): Facts {
  return checkShape(doctorSchema, input, { name }).facts;
}
