contact-title = Who runs this?
contact-lead = We read open listing sites to find people who may need help. Trained workers can then offer it. Accepting it is up to the person.
contact-who = The controller
contact-nobody = This installation is only for trying out on one machine. No controller is entered, and no real sites are read.
controller-organisation = Controller
controller-address = Address
controller-email = E-mail
controller-phone = Phone
controller-data-protection = Data protection
controller-legal-basis = Legal basis
controller-dpia = Impact assessment
contact-does = What our crawler does
crawler-agent = It always says who it is: { $agent }
crawler-robots = It follows robots.txt.
crawler-pace = { $n ->
    [one] It fetches one page at a time and waits at least { $count } second in between.
   *[other] It fetches one page at a time and waits at least { $count } seconds in between.
  }
crawler-refusal = If the site says no, it leaves.
crawler-no-login = It does not log in and does not get around barriers.
crawler-pictures = Pictures are compared by a number. They are neither shown nor kept.
contact-stop = Do you own a site?
contact-stop-how = You can make us stop by writing this into the site's robots.txt:
contact-stop-else = You can also write or call. Tell us which site it is about.
contact-person = Are you in an ad yourself?
contact-person-how = You can always tell us to leave you alone. You need not say who you are or why. You can also write or call the controller above.
contact-person-form = Leave me alone
