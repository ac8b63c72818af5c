// What is to be done at a sender, from its page in the documentation, put in when the script is built. Pure.

declare const senderStepsAtBuild: Readonly<Record<string, readonly string[]>>;

/** Where the sender is nobody known: what holds for all. */
const anySender: readonly string[] = [
  'Give the sender {address} as the address of its webhooks, and choose the events that routes take.',
  'Copy the secret it signs with, or give it one of your own.',
];

/** A preset may be one of several of its sender: `easypost-v2`. */
export function senderSteps(preset: string, address: string): readonly string[] {
  const name = Object.keys(senderStepsAtBuild)
    .filter((each) => preset === each || preset.startsWith(`${each}-`))
    .sort((a, b) => b.length - a.length)[0];
  const found = name === undefined ? [] : (senderStepsAtBuild[name] ?? []);
  return (found.length === 0 ? anySender : found).map((step) => step.replaceAll('{address}', address));
}
