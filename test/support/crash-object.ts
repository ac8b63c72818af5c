// Crashes one Durable Object in the Workers pool: its memory is lost, its storage and alarm stay.
// Use this and not `abortAllDurableObjects`: that one also ends the object behind the local queue, and a run in which a
// message is on its way then never ends.
import { runInDurableObject } from 'cloudflare:test';

export async function crashObject(stub: DurableObjectStub): Promise<void> {
  const survived = await runInDurableObject(stub, (_, state) => state.abort('crashed by a test')).then(
    () => true,
    () => false,
  );
  if (survived) throw new Error('the object outlived its crash');
}
