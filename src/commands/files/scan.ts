import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { maskText } from '../../files/mask.js';
import { loadFiles } from '../../jobs/files/files-in-force.js';
import { type InboxLook, scanInbox } from '../../jobs/files/scan-inbox.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { printJson, printRecord } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

/** Named of many on a screen. */
const NAMED_MAX = 20;

export const command: CommandModule<[], { by?: string }> = {
  configure(cmd) {
    cmd.option('--by <name>');
  },
  async run(context, _args, { by }) {
    const actor = { by, act: 'files', isNamed: false } as const;
    const look = await actInBook(context, actor, async (client) => {
      const inForce = await loadFiles(client, context.bookFolder);
      return scanInbox(client, inForce, { signal: context.signal });
    });
    if (context.json) printJson(context.stdout, documentOf(look));
    else show(context, look);
    return undefined;
  },
};

function documentOf({ at, changed, missing, others, unreadableControls, ...look }: InboxLook) {
  return {
    at: timeOf(at),
    ...look,
    finished: look.finished.map(maskText),
    changed: changed.map(({ name, file, date, state, reason, of, isLate }) => ({
      name: maskText(name),
      state,
      rule: file,
      date: date === null ? null : formatDay(date),
      reason,
      of: of === null ? null : maskText(of),
      late: isLate,
    })),
    missing: missing.map(({ file, date, by }) => ({
      rule: file,
      date: formatDay(date),
      by: timeOf(by),
    })),
    others: others.map(({ name, is }) => ({ name: maskText(name), is })),
    unreadableControls: unreadableControls.map(maskText),
  };
}

function timeOf(instant: number): string {
  return new Date(instant).toISOString();
}

function show(context: CommandContext, look: InboxLook): void {
  const { at, openDate, files, hashed, states } = look;
  printRecord(context.stdout, { at: timeOf(at), openDate, files, hashed, ...states });
  const { changed, missing, others, unreadableControls } = documentOf(look);
  for (const { name, state, reason, of, late } of changed.slice(0, NAMED_MAX)) {
    const more = [reason, of, late ? 'late' : null].filter((word) => word !== null);
    context.note(`${name}: ${[state, ...more].join(' ')}`);
  }
  if (changed.length > NAMED_MAX) context.note(`and ${changed.length - NAMED_MAX} more`);
  for (const { rule, date, by } of missing) {
    context.note(`No file of ${rule} for ${date}: it was due by ${by}.`);
  }
  for (const { name, is } of others) context.note(`${name} is ${is}: it is not looked at.`);
  for (const name of unreadableControls) {
    context.note(`${name} says nothing that can be read: its file waits.`);
  }
}
