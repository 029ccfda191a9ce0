interface Standing {
  readonly status: 'active' | 'disabled';
  readonly leavesAt?: number | undefined;
}

/** Has this person an account that opens anything at this instant (ms)? Their last day counts, whoever noticed it is over. */
export function isActive<P extends Standing>(person: P | undefined, at: number): person is P {
  return person?.status === 'active' && (person.leavesAt === undefined || at < person.leavesAt);
}
