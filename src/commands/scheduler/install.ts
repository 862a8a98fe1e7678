import { join } from 'node:path';
import { EXIT, LoanbookError } from '../../errors.js';
import { writeWhole } from '../../files/new-file.js';
import { loadPlan } from '../../jobs/plan/plans.js';
import { planNames } from '../../jobs/plan/schedule/scheduler-look.js';
import {
  type Calling,
  cronLines,
  systemdUnits,
  type UnitFile,
} from '../../jobs/plan/schedule/timer-units.js';
import { packageRoot } from '../../package-root.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson, printOutcome } from '../shell/output.js';
import { machineLogin } from '../shell/person-option.js';

interface Options {
  readonly systemd?: boolean;
  readonly cron?: boolean;
  readonly out?: string;
}

export const command: CommandModule<[string | undefined], Options> = {
  configure(cmd) {
    cmd.argument('[plan]').option('--systemd').option('--cron').option('--out <folder>');
  },
  async run(context, [plan], { systemd = false, cron = false, out }) {
    if (systemd === cron || (cron && out !== undefined)) throw oneOfBoth();
    const plans = await inBook(context, async (client) => {
      if (plan === undefined) return planNames(client);
      return [(await loadPlan(client, plan)).name];
    });
    if (plans.length === 0) throw noPlan();
    const calling: Calling = {
      node: process.execPath,
      program: join(packageRoot, 'bin/loanbook.js'),
      book: context.bookFolder,
      login: process.getuid?.() === 0 ? undefined : machineLogin() || undefined,
    };
    const files: UnitFile[] = systemd
      ? systemdUnits(plans, calling)
      : [{ name: 'crontab', text: cronLines(plans, calling) }];
    if (out !== undefined) {
      for (const { name, text } of files) await writeWhole(join(out, name), [text]);
      printOutcome(context, { folder: out, files: files.length, outcome: 'done' });
      return undefined;
    }
    if (context.json) printJson(context.stdout, { files });
    else for (const file of files) context.stdout.write(cron ? file.text : shown(file));
    return undefined;
  },
};

function shown({ name, text }: UnitFile): string {
  return `# /etc/systemd/system/${name}\n${text}\n`;
}

function oneOfBoth(): LoanbookError {
  return new LoanbookError('options_conflict', 'One of --systemd and --cron says for whom.', {
    exitCode: EXIT.usage,
    next: 'Say `--systemd`, with `--out` for the folder of the units, or `--cron`.',
  });
}

function noPlan(): LoanbookError {
  return new LoanbookError('no_plan', 'The book has no plan.', {
    exitCode: EXIT.usage,
    next: '`loanbook plan apply` adds one.',
  });
}
