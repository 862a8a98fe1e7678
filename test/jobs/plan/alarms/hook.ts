import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An address that takes alarms, on this machine. */
export interface Hook {
  readonly url: string;
  /** What was sent to it, each as often as it came. */
  readonly got: string[];
  close(): void;
}

/** Answers as it is told, with 204 where nothing is said. */
export async function openHook(
  answer: RequestListener = (_, response) => {
    response.writeHead(204).end();
  },
): Promise<Hook> {
  const got: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    got.push(text);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
