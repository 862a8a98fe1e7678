import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { inspectPacked } from '../../files/formats/packed-content.js';
import type { Approvable } from '../approvals/approval.js';
import { type RunUnderWay, withRun } from '../runs/with-run.js';
import { loadChannel } from './channel.js';
import type { ChannelDocument } from './documents/channel-document.js';
import type { ReconcileOptions } from './reconcile-options.js';
import { moneyOf, type Outcome } from './reconcile-outcome.js';
import { replacementWaits } from './replace-statement.js';
import { type OpenStatement, openStatement } from './statement/stage-statement.js';

/** A statement that is being taken, of a channel or of a bank. */
export interface Taking {
  readonly client: pg.Client;
  readonly channel: ChannelDocument;
  readonly statement: OpenStatement;
  readonly options: ReconcileOptions;
  readonly run: RunUnderWay;
  /** A second person decides later where a posted statement would be replaced. */
  readonly replacing: boolean;
}

const PHASES = ['stage', 'match', 'store'];

/**
 * Takes a statement with `take` in one transaction, as a run of its content. Throws LoanbookError
 * `unknown_channel`, what is wrong with the file, `reconciliation_is_running` and `run_lost` (75).
 */
export async function takeAsRun(
  client: pg.Client,
  kind: 'channel' | 'bank',
  options: ReconcileOptions,
  take: (taking: Taking) => Promise<Approvable<Outcome>>,
): Promise<Approvable<Outcome>> {
  const declared = await loadChannel(client, kind, options.channel);
  const { layout, signal } = options;
  const channel = layout === undefined ? declared : { ...declared, layouts: [layout] };
  const content = await inspectPacked(options.file, signal, kindsOf(channel));
  const money = await moneyOf(client);
  const replacing = await replacementWaits(client, options);
  const key = `${channel.code}/${content.sha256}`;
  const job = { job: 'reconcile', key, phases: PHASES } as const;
  return withRun(client, job, options.waits, (run) =>
    run.besideClose(client, async () => {
      const statement = await openStatement(content, channel, money, options.says);
      const taking = { client, channel, statement, options, run, replacing };
      return inTransaction(client, () => take(taking));
    }),
  );
}

/** A layout may be one of a workbook or of XML; what a file is, its reader sees. */
function kindsOf({ layouts }: ChannelDocument): 'text' | 'any' {
  return layouts === undefined ? 'text' : 'any';
}
