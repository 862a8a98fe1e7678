import { EXIT } from '../../errors.js';
import { verifyAudit } from '../../jobs/approvals/audit.js';
import { unprovenPairs } from '../../jobs/approvals/persons.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson, printRecord } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const proof = await inBook(context, async (client) => ({
      ...(await verifyAudit(client)),
      unprovenPairs: (await unprovenPairs(client)).length,
    }));
    if (context.json) printJson(context.stdout, proof);
    else {
      const { firstBroken, ...counts } = proof;
      printRecord(context.stdout, {
        ...counts,
        firstBroken: firstBroken?.number,
        rule: firstBroken?.rule,
      });
    }
    if (proof.namedOnly + proof.unregistered > 0) {
      context.note('Where logins were shared it is as said who acted: nothing proves it.');
    }
    if (proof.unprovenPairs > 0) context.note('`loanbook person list` shows the pairs.');
    return proof.ok ? EXIT.done : EXIT.difference;
  },
};
