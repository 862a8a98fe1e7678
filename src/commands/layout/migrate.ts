import { stringify } from 'yaml';
import { requireOtherFile, requireRegularTarget, writeWhole } from '../../files/new-file.js';
import { readTextFile } from '../../files/text-file.js';
import { paymentFields } from '../../jobs/funding/documents/payment-fields.js';
import { migratedLayout } from '../../jobs/layouts/migrate-layout.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson, printOutcome } from '../shell/output.js';

interface Flags {
  readonly out?: string;
  readonly dryRun?: boolean;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd.argument('<file>').option('--out <file>').option('--dry-run');
  },
  async run(context, [file], { out, dryRun = false }) {
    if (out !== undefined) {
      requireRegularTarget(out);
      requireOtherFile(out, file);
    }
    const text = await readTextFile(file);
    const { from, layout } = migratedLayout(text, file, paymentFields());
    const written = stringify(layout, { lineWidth: 100 });
    if (out === undefined) {
      if (context.json) printJson(context.stdout, { from, layout });
      else context.stdout.write(written);
      return undefined;
    }
    if (!dryRun) await writeWhole(out, [written]);
    printOutcome(context, { from, file: out, written: !dryRun });
    return undefined;
  },
};
