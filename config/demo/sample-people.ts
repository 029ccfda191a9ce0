/** The people of the sample company whose passphrases are printed. Those of `people.csv` are stored there as hashes only. */
export const samplePeople: readonly { readonly email: string; readonly passphrase: string }[] = [
  { email: 'zofia.malinowska@brightwater.example', passphrase: 'copper kettle over quiet rapids' },
  { email: 'hannah.brooks@brightwater.example', passphrase: 'nine umbrellas beside the orchard' },
  { email: 'piotr.sobczak@brightwater.example', passphrase: 'velvet anvil drifting northward' },
  { email: 'jing.he@brightwater.example', passphrase: 'tangerine ladder under moonlit snow' },
  { email: 'charlotte.ames@brightwater.example', passphrase: 'seventeen herons cross the harbour' },
];
