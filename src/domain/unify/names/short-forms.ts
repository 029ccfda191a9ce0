/** Given names that are called otherwise, each line one name with its short forms and its forms in other languages. */
const table = `
robert rob bob bobby robbie bert
william will bill billy liam willy wilhelm
richard rick dick rich richie ricky
james jim jimmy jamie
john johnny jack jon
jonathan jon jonny
joseph joe joey josef jozef
thomas tom tommy tomas
michael mike mick mickey michal mikhail mykhailo misha
christopher chris kit
christina christine chris tina krystyna
nicholas nick nicolas nico mykola nikolai kolya
anthony tony antoni anton
andrew andy drew andrzej andreas andrii andrei
edward ed eddie ted teddy ned edek
theodore ted teddy theo
charles charlie chuck carl karl karol
david dave davy
daniel dan danny
matthew matt mateusz matthias
samuel sam sammy
samantha sam sammie
benjamin ben benny benji
alexander alex sandy sasha aleksander oleksandr sasza xander
alexandra alex sandra sasha aleksandra oleksandra ola
stephen steven steve stefan stepan
peter pete piotr petro pyotr petra
gregory greg grzegorz grzesiek
patrick pat paddy patrik
patricia pat patty tricia trish
elizabeth liz beth betty lizzy eliza lisa elzbieta ela libby
katherine catherine kate kathy cathy katie kat katarzyna kasia kateryna katya kathryn
margaret maggie meg peggy malgorzata gosia marge greta
jennifer jen jenny
jessica jess jessie
susan sue susie suzy susanne zuzanna
deborah deb debbie
rebecca becky becca
victoria vicky tori wiktoria viktoriia vika
barbara barb babs basia
dorothy dot dolly dorota
olivia liv livvy
emily em emma millie
abigail abby gail
kimberly kim kimmy
amanda mandy
pamela pam
cynthia cindy
philip phil philippe filip phillip
timothy tim
kenneth ken kenny
ronald ron ronnie
donald don donny
lawrence larry laurence
gerald gerry jerry
jerzy jurek george yurii yuri georg
joshua josh
zachary zach zack
nathaniel nathan nate
frederick fred freddy fritz friedrich
francis frank franciszek franz
henry harry hank henryk heinrich
raymond ray
walter walt
vincent vince
leonard leo len lenny
joanna asia johanna
anna ania ann anne hanna anya
agnieszka aga agnes
malgorzata gosia
krzysztof krzysiek krzys
wojciech wojtek
tomasz tomek thomas
jan janek
pawel paul pavlo pavel
piotr piotrek
stanislaw staszek stach
tadeusz tadek
kazimierz kazik
zbigniew zbyszek
slawomir slawek
jaroslaw jarek yaroslav
miroslaw mirek myroslav
przemyslaw przemek
boguslaw bogdan
bartosz bartek bartlomiej
jakub kuba jacob jake
maciej maciek
mateusz mati
marcin martin
lukasz lucas luke
michal michalek
rafal rafael
magdalena magda lena
ewa eva eve
aleksandra ola
monika monica
natalia natasha natalka nataliia
teresa therese terry
zofia zosia sophie sofia sophia sofiia
beata bea
dariusz darek
marek mark markus marc
mariusz mario
ryszard rysiek richard
leszek lech
hans johannes
klaus nikolaus
wolfgang wolf
ulrike ulli uli
sebastian basti
dmytro dmitri dima dmitry
volodymyr vladimir vova volodia
serhii sergei sergey serhiy
oleksii alexei alexey
yevhen evgeny eugene
ivan vanya
mariia maria marie mary masha molly
olena elena helena lena alena alyona
halyna galina halina
iryna irina ira
tetiana tatiana tanya
svitlana svetlana sveta
jose pepe
francisco paco pancho
manuel manolo
`;

const groups = new Map<string, number[]>();
for (const [index, line] of table.trim().split('\n').entries()) {
  for (const name of line.split(' ')) groups.set(name, [...(groups.get(name) ?? []), index]);
}

/** Whether two given names (folded) may be one person's: short forms and the same name in a neighbouring language. */
export function sameGivenName(a: string, b: string): boolean {
  const groupsA = groups.get(a);
  return groupsA?.some((index) => groups.get(b)?.includes(index) === true) === true;
}

/** The names that a given name may be called by: the first name of each of its groups. */
export function givenKeys(name: string): string[] {
  return groups.get(name)?.map((index) => `~${index}`) ?? [];
}
