// The HTTP side of the two Fastify peers: raw body, signature, and 202 once `take` has made the event durable.

import Fastify from 'fastify';
import { isGenuine } from './shared.mjs';

export async function startFront(take) {
  const app = Fastify({ logger: false, bodyLimit: 1_048_576 });
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.post('/', async (request, reply) => {
    const { body } = request;
    if (!isGenuine(body, request.headers['x-bench-signature'])) return reply.code(401).send();
    const text = body.toString();
    const { id, order } = JSON.parse(text);
    await take({ id, order, body: text });
    return reply.code(202).send({ id, status: 'accepted' });
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, close: () => app.close() };
}
