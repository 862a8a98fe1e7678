import { EXIT, LoanbookError } from '../../errors.js';
import { type Columns, tableOf } from '../../files/report.js';
import { LOOK_UP_FIELDS, type LookUpField } from '../../jobs/parties/look-up.js';
import { listParties, type PartyView } from '../../jobs/parties/party-view.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { limitOption } from '../shell/count-option.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Flags extends ReportFlags {
  readonly find?: string;
  readonly after?: string;
  readonly limit?: string;
}

const COLUMNS: Columns<PartyView> = {
  party: 'text',
  name: 'text',
  idNumber: ['text', 'identity number'],
  phone: 'text',
  account: 'text',
  version: 'count',
  enteredOn: ['date', 'entered on'],
};

const VALUE_BYTES_MAX = 4096;

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    configureReport(cmd.option('--find <field>').option('--after <party>').option('--limit <n>'));
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const limit = limitOption(flags.limit);
    const field = flags.find === undefined ? undefined : fieldNamed(flags.find);
    const having = field && { field, value: await valueFromStdin(context) };
    const filter = { limit, after: flags.after, having };
    const keys = keySourceOf(context);
    const parties = await inBook(context, (client) => listParties(client, keys, filter));
    if (parties.length === 0) context.note('There is none.');
    const table = tableOf('parties', COLUMNS, parties, { screen: { isOptional: true } });
    await putReport(context, { head: {}, tables: [table] }, way, { document: { parties } });
    return undefined;
  },
};

function fieldNamed(asked: string): LookUpField {
  const field = LOOK_UP_FIELDS.find((name) => name === asked);
  if (field !== undefined) return field;
  throw new LoanbookError('unknown_field', 'Parties are not found by such a field.', {
    exitCode: EXIT.usage,
    evidence: { option: '--find', value: asked, known: LOOK_UP_FIELDS.join(', ') },
    next: 'Name one of them.',
  });
}

/** Not an argument: others on the machine see those, and the shell keeps them. */
async function valueFromStdin({ stdin }: CommandContext): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > VALUE_BYTES_MAX) break;
  }
  const value = text.trim();
  if (value !== '' && value.length <= VALUE_BYTES_MAX) return value;
  throw new LoanbookError('value_missing', 'A value to find is read from standard input.', {
    exitCode: EXIT.usage,
    evidence: { option: '--find' },
    next: 'Send one line of text, such as a phone number.',
  });
}
