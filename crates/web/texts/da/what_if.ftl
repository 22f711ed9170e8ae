# Hvad nu hvis, og indikatorer i skyggen
menu-what-if = Hvad nu hvis
what-if-title = Hvad nu hvis
what-if-lead = Prøv andre grader, tærskler eller vægte på dagens data. Du ser, hvilke sager der ville komme, gå eller flytte. Intet ændres, før nogen tager det i brug og skriver hvorfor.
what-if-grades = Grader og point
what-if-grades-note = Grad er A, B+, B, C eller D. Point er over 0 og højst 3. Tilstand er draft, trial, active eller context.
what-if-rules = Vejene til et niveau
what-if-ways-note = En sag når et niveau, når én af vejene til det er opfyldt. Ordene står som i filen rules.toml.
what-if-linkage = Vægte for forbindelser
what-if-weights-note = Tal fra filen linkage.toml. Andre vægte kan ændre, hvem der hører sammen.
what-if-weights-show = Vis vægtene
what-if-value = Værdi
what-if-now = Nu
what-if-then = Så
what-if-says = Filens ord
what-if-try = Prøv det
what-if-result-title = Hvad der ville ske
what-if-whole-file = hele filen
what-if-differs = Det, der er anderledes
what-if-no-case = ingen sag
what-if-spam = spam
what-if-urgent = haster
what-if-cause = { $indicator }: { $now } → { $then } point
what-if-other-ads = Andre annoncer hører til
what-if-ways-only = Vejene til et niveau
what-if-comes = Ville komme
what-if-goes = Ville gå
what-if-rises = Ville stige
what-if-falls = Ville falde
what-if-turns = Ville skifte kø
what-if-fires = Giver tegn
what-if-all = { $n ->
    [one] Vis den
   *[other] Vis alle { $count }
 }
what-if-under-way = Alt gennemgås. { $count } annoncer indtil nu. Det kan tage nogle minutter.
what-if-look-again = Se igen
what-if-about = Som en hel analyse ville give det pr. { $at }: med en ny reference ({ $then }, nu { $now }).
what-if-unchanged = { $n ->
    [one] 1 sag bliver, som den er
   *[other] { $count } sager bliver, som de er
 }
what-if-anyway-count = { $n ->
    [one] 1 af sagerne ville også flytte uden ændringen, fordi referencen er ny. Den er mærket.
   *[other] { $count } af sagerne ville også flytte uden ændringen, fordi referencen er ny. De er mærket.
 }
what-if-anyway = også uden
what-if-who = Hvem
what-if-why = Hvorfor
what-if-adopt = Tag det i brug
what-if-adopt-note = Filerne i konfigurationen ændres, og det skrives ned, hvem der gjorde det, hvornår, hvorfor og hvad der var anderledes.
what-if-adopt-now = Tag i brug
what-if-adopted = Det er taget i brug og skrevet ned. Den næste analyse følger det.
what-if-another = Prøv noget andet

shadow-title = I skyggen: { $indicator }
shadow-waits = Den næste analyse gennemgår alt, som om indikatoren var i brug.
shadow-under-way = Analysen gennemgår alt, som om indikatoren var i brug. Se igen om lidt.
shadow-would = Hvad den ville have gjort. Nye sager: { $comes }. Fjernede: { $goes }. Højere niveau: { $rises }. Lavere: { $falls }. Annoncører og netværk, hvor den giver tegn: { $fires }.
shadow-as-of = Pr. { $at }. Har kørt siden { $began }.
shadow-behind = Pr. { $at }; den næste analyse følger med. Har kørt siden { $began }.
shadow-note = Indikatoren kører på gemte og nye annoncer uden nogen virkning. Den står i { $file }.
shadow-in-force = Se den, der er i brug
shadow-end = Tag i brug, eller lad falde
shadow-end-note = Skriv hvorfor. Det skrives ned, hvem der gjorde det, hvornår, og hvad den ville have gjort.
shadow-adopt = Tag i brug
shadow-drop = Lad falde
shadow-heading = I skyggen
shadow-list-note = Disse indikatorer kører på alle annoncer uden nogen virkning, indtil de tages i brug.
shadow-open = Se dem
done-adopted = Indikatoren er taget i brug. Den næste analyse følger den.
done-dropped = Indikatoren er ikke længere i skyggen.
