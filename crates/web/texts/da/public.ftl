contact-title = Hvem står bag?
contact-lead = Vi læser åbne annoncesider for at finde mennesker, der kan have brug for hjælp. Uddannede medarbejdere kan så tilbyde den. Det er frivilligt at tage imod.
contact-who = Den ansvarlige
contact-nobody = Dette er kun en prøve på én maskine. Der er ikke skrevet ind, hvem der står bag, og den læser ingen rigtige sider.
controller-organisation = Dataansvarlig
controller-address = Adresse
controller-email = E-mail
controller-phone = Telefon
controller-data-protection = Databeskyttelse
controller-legal-basis = Hjemmel
controller-dpia = Konsekvensanalyse
contact-does = Det gør vores crawler
crawler-agent = Den siger altid, hvem den er: { $agent }
crawler-robots = Den følger robots.txt.
crawler-pace = { $n ->
    [one] Den henter én side ad gangen og venter mindst { $count } sekund imellem.
   *[other] Den henter én side ad gangen og venter mindst { $count } sekunder imellem.
  }
crawler-refusal = Siger siden nej, går den igen.
crawler-no-login = Den logger ikke ind og går ikke uden om spærringer.
crawler-pictures = Billeder sammenlignes ved et tal. De vises ikke og gemmes ikke.
contact-stop = Ejer du en side?
contact-stop-how = Du kan få os til at stoppe ved at skrive dette i sidens robots.txt:
contact-stop-else = Du kan også skrive eller ringe til os. Sig, hvilken side det gælder.
contact-person = Er du selv i en annonce?
contact-person-how = Du kan altid sige til, at du vil være i fred. Du behøver ikke at sige hvem du er eller hvorfor. Du kan også skrive eller ringe til den ansvarlige ovenfor.
contact-person-form = Lad mig være i fred
