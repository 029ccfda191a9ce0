/** What the sample CRM knows: customers and opportunities. The customer number is the key that the ERP shares. */
export interface Customer {
  readonly number: string;
  readonly name: string;
  readonly city: string;
  readonly country: string;
  readonly trade: string;
  readonly contact: string;
  readonly owner: string;
}

export interface Opportunity {
  readonly customer: string;
  readonly title: string;
  readonly stage: 'new' | 'quoted' | 'negotiating' | 'won' | 'lost';
  readonly amount: number;
  readonly currency: string;
}

export const customers: readonly Customer[] = [
  ['C-1001', 'Nowa Huta Tools', 'Kraków', 'Poland', 'Machine tools', 'Stanisław Wrona', 'Zofia Malinowska'],
  ['C-1002', '宏达贸易', 'Ningbo', 'China', 'Wholesale', '赵明', 'Chen Yulan'],
  ['C-1003', 'Pennine Water Services', 'Leeds', 'United Kingdom', 'Water supply', 'Gillian Hartley', 'Oliver Ashworth'],
  ['C-1004', 'Great Lakes Irrigation', 'Cleveland', 'United States', 'Irrigation', 'Dwayne Kowalczyk', 'Megan Carter'],
  ['C-1005', 'Zakłady Chemiczne Wisła', 'Płock', 'Poland', 'Chemicals', 'Ewa Szymczak', 'Zofia Malinowska'],
  ['C-1006', '海联水务', 'Xiamen', 'China', 'Water supply', '黄丽华', 'Chen Yulan'],
  [
    'C-1007',
    'O’Donnell & Sons Brewing',
    'Bristol',
    'United Kingdom',
    'Breweries',
    'Fergus O’Donnell',
    'Oliver Ashworth',
  ],
  ['C-1008', 'Mesa Verde Mining', 'Durango', 'United States', 'Mining', 'Carla Reyes', 'Megan Carter'],
  ['C-1009', 'Gdynia Shipyard Supplies', 'Gdynia', 'Poland', 'Shipbuilding', 'Marek Dąbrowski', 'Tomasz Lewandowski'],
  ['C-1010', '永安農業', 'Tainan', 'Taiwan', 'Agriculture', '林淑芬', 'Chen Yulan'],
  ['C-1011', 'Highland Distillers', 'Inverness', 'United Kingdom', 'Distilleries', 'Isla MacRae', 'Oliver Ashworth'],
  [
    'C-1012',
    'Bayou Drainage Authority',
    'Baton Rouge',
    'United States',
    'Public works',
    'Andre Thibodeaux',
    'Megan Carter',
  ],
].map(([number = '', name = '', city = '', country = '', trade = '', contact = '', owner = '']) => {
  return { number, name, city, country, trade, contact, owner };
});

export const opportunities: readonly Opportunity[] = [
  { customer: 'C-1001', title: 'Coolant pumps for line 4', stage: 'negotiating', amount: 48_200, currency: 'EUR' },
  { customer: 'C-1001', title: 'Maintenance contract', stage: 'quoted', amount: 12_000, currency: 'EUR' },
  { customer: 'C-1002', title: 'Yearly frame order', stage: 'won', amount: 310_000, currency: 'CNY' },
  { customer: 'C-1003', title: 'Booster station Otley', stage: 'quoted', amount: 86_500, currency: 'GBP' },
  { customer: 'C-1004', title: 'Centre-pivot retrofit', stage: 'new', amount: 54_000, currency: 'USD' },
  { customer: 'C-1005', title: 'Acid-proof dosing pumps', stage: 'negotiating', amount: 133_400, currency: 'EUR' },
  { customer: 'C-1006', title: 'Pumping station east', stage: 'won', amount: 920_000, currency: 'CNY' },
  { customer: 'C-1007', title: 'Mash pumps', stage: 'lost', amount: 23_000, currency: 'GBP' },
  { customer: 'C-1008', title: 'Slurry pumps, pit 2', stage: 'quoted', amount: 275_000, currency: 'USD' },
  { customer: 'C-1009', title: 'Bilge pumps', stage: 'negotiating', amount: 61_900, currency: 'EUR' },
  { customer: 'C-1010', title: 'Field pumps', stage: 'new', amount: 38_000, currency: 'USD' },
  { customer: 'C-1012', title: 'Flood reserve', stage: 'quoted', amount: 410_000, currency: 'USD' },
];
