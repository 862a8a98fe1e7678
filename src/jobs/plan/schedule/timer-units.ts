/** How this program is called from outside. */
export interface Calling {
  /** Absolute paths: Node, the program, the folder of the book. */
  readonly node: string;
  readonly program: string;
  readonly book: string;
  /** Undefined: of the system. */
  readonly login: string | undefined;
}

export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

/** Settings of the database and of keys, which stand in no unit. */
const SETTINGS = '/etc/loanbook/settings';

/**
 * A service and a timer of systemd for each plan: each minute what is due is run. A service that is
 * still at its night is not started again, and a minute that was missed is made up for by the next.
 */
export function systemdUnits(plans: readonly string[], calling: Calling): UnitFile[] {
  return plans.flatMap((plan) => [
    { name: `loanbook-${plan}.service`, text: service(plan, calling) },
    { name: `loanbook-${plan}.timer`, text: timer(plan) },
  ]);
}

function service(plan: string, calling: Calling): string {
  return [
    '[Unit]',
    `Description=What is due of the plan ${plan} of loanbook`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${lineOf(plan, calling).map(systemdWord).join(' ')}`,
    '# DATABASE_URL or PG*, LOANBOOK_INBOX, LOANBOOK_OUTBOX, keys.',
    `EnvironmentFile=-${SETTINGS}`,
    ...(calling.login === undefined ? [] : [`User=${calling.login}`]),
    '# A night takes as long as it takes.',
    'TimeoutStartSec=infinity',
    '# The runner is told, and ends its jobs itself.',
    'KillMode=mixed',
    'TimeoutStopSec=60',
    '',
  ].join('\n');
}

function timer(plan: string): string {
  return [
    '[Unit]',
    `Description=Each minute what is due of the plan ${plan} of loanbook`,
    '',
    '[Timer]',
    'OnCalendar=minutely',
    'Persistent=true',
    'AccuracySec=1s',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n');
}

/** Lines of a crontab of the login; what they say comes by cron's mail. */
export function cronLines(plans: readonly string[], calling: Calling): string {
  const lines = plans.map((plan) => `* * * * * ${lineOf(plan, calling).map(cronWord).join(' ')}`);
  return `${lines.join('\n')}\n`;
}

function lineOf(plan: string, { node, program, book }: Calling): string[] {
  return [node, program, '--book', book, '--quiet', 'night', 'run', plan, '--due'];
}

/** In a unit `%` and `$` stand for something, and a backslash escapes. */
function systemdWord(word: string): string {
  const escaped = word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w/.:,@+=-]+$/.test(word) ? word : `"${escaped}"`;
}

/** In a crontab `%` ends the line, within quotes too. */
function cronWord(word: string): string {
  const quoted = `'${word.replaceAll("'", `'\\''`)}'`;
  return (/^[\w/.:,@+=-]+$/.test(word) ? word : quoted).replaceAll('%', '\\%');
}
