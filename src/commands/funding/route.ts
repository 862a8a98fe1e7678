import { EXIT, LoanbookError } from '../../errors.js';
import { requireOtherFile, requireRegularTarget, writeWhole } from '../../files/new-file.js';
import { ROUTE_WAYS, type RouteWay } from '../../funding/route/router.js';
import { routeApplications } from '../../jobs/funding/route/route-applications.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { put } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { sendOut } from '../shell/register/send-out.js';

interface RouteFlags {
  readonly date?: string;
  readonly way?: string;
  readonly fallback?: string;
  readonly failed?: string;
  readonly keep?: boolean;
  readonly out?: string;
  readonly by?: string;
}

export const command: CommandModule<[string], RouteFlags> = {
  configure(cmd) {
    cmd
      .argument('<file>')
      .option('--date <date>')
      .option('--way <way>')
      .option('--fallback <plan>')
      .option('--failed <file>')
      .option('--keep')
      .option('--out <file>')
      .option('--by <name>');
  },
  async run(context, [file], { out, failed, keep = false, fallback = null, ...flags }) {
    const { signal, stdout: stream } = context;
    const day = dayOption('--date', flags.date);
    const way = wayOf(flags.way);
    if (out !== undefined) {
      requireRegularTarget(out);
      requireOtherFile(out, file);
    }
    const ran = { file, day, by: way, fallback, keep, signal };
    const outcome = await actInBook(
      context,
      { by: flags.by, act: 'funding_route', isNamed: false },
      (client) =>
        routeApplications(
          client,
          { ...ran, ...(failed === undefined ? {} : { failed }) },
          (lines) =>
            out === undefined
              ? shown(lines)
              : sendOut(context, out, (path) => writeWhole(path, lines)),
        ),
    );
    const { plans, ...said } = outcome;
    context.note(
      Object.entries(said)
        .map(([key, value]) => `${key} ${value}`)
        .join(', '),
    );
    for (const { plan, routed, daily, total, deposit } of plans) {
      const left = deposit === null ? '' : `, deposit left ${deposit}`;
      context.note(`${plan}: routed ${routed}, of the day ${daily}, in all ${total}${left}`);
    }
    return undefined;

    async function shown(lines: AsyncIterable<string>): Promise<void> {
      for await (const piece of lines) await put({ stream, signal }, piece);
    }
  },
};

function wayOf(text = 'priority'): RouteWay {
  const way = ROUTE_WAYS.find((each) => each === text);
  if (way !== undefined) return way;
  throw new LoanbookError('unknown_way', 'There is no such way of routing.', {
    exitCode: EXIT.usage,
    evidence: { option: '--way', value: text, known: ROUTE_WAYS.join(', ') },
    next: 'Name one of them.',
  });
}
