menu-objections = Indsigelser
objections-title = Indsigelser
objections-lead = En indsigelse stopper altid kontakt til det nummer, den gælder. Nogle gange deler flere et nummer, eller en anden har telefonen. Så afgør du her, om den rækker længere.
objections-open = Skal afgøres
objections-none-open = Ingen venter på svar.
objections-decided = Afgjort
objections-all = Alle indsigelser
objections-none = Der er ingen indsigelser.
objection-look = Se netværket
objection-how-far = Hvor langt rækker den?
objection-help-contact = De andre kan stadig få tilbudt hjælp ad en anden vej.
objection-help-advertiser = Ingen af dem, der hører til her, må ringes op mere. Det gælder også nye annoncer, men ikke et hasteforløb.
objection-reason = Hvorfor?
objection-decide = Gem
objection-decided-by = { $name }, { $time }: { $reason }
objection-by-public = på den åbne side
objection-by-worker = sagt til en medarbejder
objection-by-office = sagt eller skrevet til os
objection-in-force = Gælder
objection-asks = Gælder; nogen skal afgøre, hvor langt
objection-withdrawn-by = Trukket tilbage { $time }, { $name }
objection-withdraw = Træk tilbage
objection-withdraw-reason = Hvem bad om det, og hvordan?
wrong-objection-decision = Vælg, hvor langt den rækker, og skriv hvorfor
wrong-objection-withdrawal = Skriv, hvem der bad om at trække den tilbage, og hvordan
done-objection-decided = Gemt. Det gælder fra nu af.
done-objection-undone = Afgørelsen er taget tilbage.
done-objection-withdrawn = Indsigelsen er trukket tilbage.
count-personas = { $n ->
    [one] { $count } navn
   *[other] { $count } navne
  }
