// vrsky version
import { Command } from 'commander';
import { print } from '../cli/narrate.ts';
import { readPackage } from '../cli/package.ts';

export function versionCommand(): Command {
  return new Command('version')
    .description('Print the version of vrsky and of the Node.js that runs it.')
    .addHelpText('after', '\nExample:\n  vrsky version')
    .action(async () => {
      const { version } = await readPackage();
      print(`vrsky ${version} (node ${process.versions.node})`);
    });
}
