import { APPROVE } from './approve/index.js';
import { AUDIT } from './audit/index.js';
import { BACKUP } from './backup/index.js';
import { BREAKS } from './breaks/index.js';
import { CALENDAR } from './calendar/index.js';
import { CHANNEL } from './channel/index.js';
import { CHECK } from './check/index.js';
import { COMPLETION } from './completion/index.js';
import { DB } from './db/index.js';
import { DOCTOR } from './doctor/index.js';
import { EOD } from './eod/index.js';
import { EXPORT } from './export/index.js';
import { FILES } from './files/index.js';
import { FUNDING } from './funding/index.js';
import { GENERATE } from './generate/index.js';
import { GL } from './gl/index.js';
import { IMPAIRMENT } from './impairment/index.js';
import { IMPORT } from './import/index.js';
import { INIT } from './init/index.js';
import { KEYS } from './keys/index.js';
import { LAYOUT } from './layout/index.js';
import { LEDGER } from './ledger/index.js';
import { LOAN } from './loan/index.js';
import { MERCHANT } from './merchant/index.js';
import { METRICS } from './metrics/index.js';
import { NIGHT } from './night/index.js';
import { OPERATIONS } from './operations/index.js';
import { PARTNER } from './partner/index.js';
import { PARTY } from './party/index.js';
import { PAYMENT } from './payment/index.js';
import { PERSON } from './person/index.js';
import { PLAN } from './plan/index.js';
import { POLICY } from './policy/index.js';
import { PORTFOLIO } from './portfolio/index.js';
import { PRODUCT } from './product/index.js';
import { QUOTE } from './quote/index.js';
import { RECONCILE } from './reconcile/index.js';
import { REPORT } from './report/index.js';
import { RUNS } from './runs/index.js';
import { SCHEDULER } from './scheduler/index.js';
import type { CommandDomain, CommandEntry } from './shell/command-module.js';
import { SIMULATE } from './simulate/index.js';

/** The domains in the order of `--help`. */
const DOMAINS: readonly CommandDomain[] = [
  INIT,
  PRODUCT,
  POLICY,
  LEDGER,
  CALENDAR,
  KEYS,
  PARTY,
  IMPORT,
  EXPORT,
  FILES,
  LAYOUT,
  GENERATE,
  EOD,
  PLAN,
  NIGHT,
  SCHEDULER,
  CHECK,
  PORTFOLIO,
  GL,
  RECONCILE,
  IMPAIRMENT,
  CHANNEL,
  BREAKS,
  LOAN,
  REPORT,
  RUNS,
  QUOTE,
  SIMULATE,
  PARTNER,
  MERCHANT,
  FUNDING,
  PAYMENT,
  OPERATIONS,
  PERSON,
  APPROVE,
  AUDIT,
  DOCTOR,
  METRICS,
  DB,
  BACKUP,
  COMPLETION,
];

/**
 * Every command as data. Listing them imports nothing; only the chosen command's module is loaded,
 * which keeps a small command near the start-up time of Node itself.
 */
export const REGISTRY: readonly CommandEntry[] = DOMAINS.flatMap(({ commands }) => commands);

/** What `loanbook --help` says of each group; a group without a command is not shown. */
export const GROUP_SUMMARIES: Readonly<Record<string, string>> = Object.assign(
  {},
  ...DOMAINS.map(({ groups }) => groups),
);
