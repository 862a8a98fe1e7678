import { resolveTarget } from '../../db/resolve-target.js';
import type { DatabaseTarget } from '../../db/target.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson } from '../shell/output.js';

export const command: CommandModule<[], { withPassword?: boolean }> = {
  configure(cmd) {
    cmd.option('--with-password');
  },
  async run(context, _args, options) {
    const target = await resolveTarget(context.bookFolder, context.env);
    const url = urlOf(target, options.withPassword ?? false);
    if (context.json) printJson(context.stdout, { url });
    else context.stdout.write(`${url}\n`);
  },
};

/** A socket folder goes percent-encoded where the host stands; libpq and DATABASE_URL read it. */
export function urlOf(target: DatabaseTarget, withPassword: boolean): string {
  const isAddress6 = target.host.includes(':') && !target.host.startsWith('/');
  const host = isAddress6 ? `[${target.host}]` : encodeURIComponent(target.host);
  const secret = withPassword && target.password ? `:${encodeURIComponent(target.password)}` : '';
  const login = `${encodeURIComponent(target.user)}${secret}`;
  const query = target.ssl ? '?sslmode=require' : '';
  const database = encodeURIComponent(target.database);
  return `postgresql://${login}@${host}:${target.port}/${database}${query}`;
}
