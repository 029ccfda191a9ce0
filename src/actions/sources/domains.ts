import { HubError } from '#domain/errors.ts';
import type { SourceSettings } from '#domain/sources/source.ts';
import type { Services } from '../services.ts';
import { listSources } from './directory.ts';

/** A mail domain leads to one source. @throws HubError `invalid` */
export async function refuseSharedDomains(services: Services, settings: SourceSettings): Promise<void> {
  const others = (await listSources(services)).filter((other) => other.id !== settings.id);
  const faults = settings.domains.flatMap((domain, index) => {
    const owner = others.find((other) => other.domains.includes(domain));
    return owner === undefined
      ? []
      : [{ path: `domains[${index}]`, message: `${domain} leads to ${owner.title} already; remove one` }];
  });
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
}
