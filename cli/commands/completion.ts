// holdfast completion: a script for the shell that asks this command what may come next, so that it never lags behind the commands.

import tab from '@bomb.sh/tab/commander';
import type { Program } from '../command.ts';

/** After all other commands: it completes those that are there. */
export function completionCommand({ root }: Program): void {
  tab(root, { completionCommandName: 'completion' });
  root.commands
    .find((command) => command.name() === 'completion')
    ?.description('print a completion script for bash, zsh, fish or powershell');
}
