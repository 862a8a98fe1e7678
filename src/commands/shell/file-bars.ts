import type { CommandContext } from './context.js';

const KILOBYTE = 1024;

/** A bar of progress for one file after the other. */
export function fileBars(context: CommandContext, verb: string) {
  let bar: ReturnType<CommandContext['progress']> | undefined;
  let of = '';
  let shown = 0;
  return {
    onProgress(file: string, bytesDone: number, bytesTotal: number) {
      if (file !== of) {
        bar?.finish();
        bar = undefined;
        of = file;
        shown = 0;
      }
      const total = Math.ceil(bytesTotal / KILOBYTE);
      bar ??= context.progress({ label: `${verb} ${file}`, total, unit: 'KB' });
      const done = Math.ceil(bytesDone / KILOBYTE);
      bar.advance(done - shown);
      shown = done;
    },
    finish: () => bar?.finish(),
  };
}
