import { stringify } from 'yaml';
import { findLayout } from '../../files/layout/find-layout.js';
import { hasEffect } from '../../files/layout/rules/format-rules.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson } from '../shell/output.js';

export const command: CommandModule<[string]> = {
  configure(cmd) {
    cmd.argument('<layout>');
  },
  async run(context, [nameOrPath]) {
    const { kind, ...layout } = await findLayout(nameOrPath);
    const shown = Object.entries({ ...layout, ...(kind !== '' && { kind }) }).filter(
      ([key, value]) => value !== undefined && value !== '' && hasEffect(key, layout.format),
    );
    const document = Object.fromEntries(shown);
    if (context.json) printJson(context.stdout, document);
    else context.stdout.write(stringify(document, { lineWidth: 100 }));
    return undefined;
  },
};
