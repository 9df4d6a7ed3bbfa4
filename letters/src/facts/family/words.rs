//! Words that tell a family of work.

/// Families with the beginnings of their words, lower case. `=word` is a whole word; a stem with a space is a phrase.
pub(super) const STEMS: &[(&str, &str)] = &[
    (
        "data",
        "analyst, data, data scien, data analy, analytic, statistic, machine learning, =ml, =ai, =bi, sql, \
         quantitative, machine learning eng, ml eng, data eng",
    ),
    (
        "software",
        "=app, =apps, website, software, developer, backend, frontend, front end, back end, full stack, fullstack, devops, web dev, web \
         design, computer, computing, helpdesk, help desk, cyber, =qa, app dev, coding, coder, sysadmin, cloud, \
         game dev, games dev, =ux, tech support, technical support, software eng, devops eng, cloud eng, network \
         eng, cyber sec, it support, it tech, it manager, it apprentic, =ict, programmer, programming, web host",
    ),
    (
        "health",
        "nurse, nursing, doctor, medic, health, pharma, dental, dentist, midwi, paramedic, physio, therap, \
         hospital, clinic, =hca, radiograph, optom, phlebotom, surgery, patient, =nhs, ambulance, vaccin, =ward, \
         wards",
    ),
    (
        "care",
        "care assistant, carer, caring, care home, care work, support worker, social work, youth work, babysit, \
         nanny, au pair, elderly, childmind, respite, disab, special needs, grandm, hospice, =care",
    ),
    (
        "education",
        "teach, tutor, nursery, kindergarten, lectur, educat, playwork, early years, \
         =tefl, =sen, librar, learning support, =ta, montessori, after school, exam invigilator, driving \
         instructor",
    ),
    (
        "hospitality",
        "chef, cook, kitchen, waiter, waitress, waiting, barista, bartend, cafe, café, coffee, restaurant, hotel, \
         cater, hospitality, front of house, housekeep, baker, bakery, food, dishwash, pizza, event, nando, \
         starbucks, hostess, hostel, concierge, greggs, kfc, steward, cabin crew, travel agen, kitchen porter, =bar, \
         bars, barman, barmaid, bar staff, bar work, =pub, pubs, =host, =tour, tour guide, tourism, kids \
         entertain",
    ),
    (
        "retail",
        "retail, cashier, fishmonger, shop, store, sales assistant, customer, checkout, supermarket, tesco, asda, aldi, lidl, \
         sainsbury, primark, boots, merchandis, shelf, call centre, call center, costco, waitrose, florist, \
         stacking, sales advisor, sales associate, call handler, bookshop, beauty, hairdress, barber, salon, \
         =till, =tills, market stall, costa coffee",
    ),
    (
        "sales",
        "sales, account manager, account exec, business development, estate agent, recruit, telesales, lettings, \
         selling, broker, door to door",
    ),
    (
        "marketing",
        "content, social media, copywrit, brand, =pr, public relations, communicat, journalis, editor, advertis, \
         =seo, blog, publish, newspaper, media, comms, campaign, influenc, reporter, newsletter, magazine, \
         marketing",
    ),
    (
        "finance",
        "financial analyst, credit analyst, banking, bank teller, bank clerk, =banker, financ, account, audit, \
         bookkeep, payroll, actuar, insur, treasur, econom, credit, trader, trading, budget, underwrit, cashflow, \
         ledger, =tax, taxation, investment, investor, =fund, funds",
    ),
    (
        "office",
        "office, admin, recept, secretar, =pa, =hr, human resource, project manage, coordinat, clerk, executive \
         assistant, personnel, operations, product manage, project officer, data entry, consult, business, \
         policy, civil serv, council, diary",
    ),
    (
        "logistics",
        "warehous, logist, driver, driving, deliver, courier, supply, picker, packer, packing, forklift, \
         dispatch, transport, procure, parcel, inventory, stock, amazon, dhl, =ups, postal, post office, fleet, \
         removals, royal mail, deliveroo, shipping, postman",
    ),
    (
        "trades",
        "electrician, plumb, carpent, joiner, builder, building, construct, bricklay, weld, paint, decorat, roof, \
         mechanic, garage, machin, site, labour, scaffold, plaster, tiler, hvac, fitter, handyman, gas engineer, \
         upholster, electrical install, locksmith, electric",
    ),
    (
        "engineering",
        "engineer, mechanical, civil, structural, aerospace, robot, manufactur, quality control, quality inspect, \
         =cad, electronic, automotive, energy, survey, production, factory, assembly line, technologist",
    ),
    (
        "science",
        "scien, research, chemi, biolog, physic, geolog, ecolog, environment, microb, genet, phd, postdoc, \
         astronom, climate, psycholog, sustainab, conservation, laborator, =lab, labs",
    ),
    (
        "law",
        "legal, solicitor, paralegal, barrister, court, complian, police, probation, advoca, immigration, housing \
         officer, criminolog, =law, lawyer, contract law",
    ),
    (
        "arts",
        "design, artist, graphic, photograph, architect, film, video, music, theatre, theater, illustrat, anim, \
         fashion, museum, gallery, actor, dance, craft, ceramic, stage, drama, tailor, jewel, singer, choir, \
         interior, curator, =art, =arts",
    ),
    (
        "land",
        "garden, farm, forest, animal, veterinar, zoo, horse, stable, equine, kennel, landscap, horticult, \
         agricult, ranger, wildlife, groundskeep, greenkeep, aquarium, orchard, =cat, =cats, cattery, =pet, \
         pets, =bee, =bees, beekeep, =park, planting, =vet, =vets, =tree, trees, =dog, dogs",
    ),
    (
        "sport",
        "sport, fitness, gym, coach, lifeguard, swim, football, rugby, tennis, yoga, personal trainer, fitness trainer, athlet, leisure, \
         cricket, hockey, climb, netball, basketball, cycling, outdoor, dance fitness, referee, fitness instruct, \
         swim teacher, =camp, summer camp",
    ),
    (
        "service",
        "clean, security, guard, janitor, caretak, porter, facilit, custod, doorman, domestic, laundr, maid, \
         waste, recycl, window, steward at, traffic warden",
    ),
    (
        "study",
        "school, studying, student, studies, university, college, undergrad, degree, a levels, a level, sixth form, \
         course, thesis, dissertation, graduat, =bsc, =ba, =msc, =gcse, =gcses, pupil, revision, essay",
    ),
    (
        "volunteer",
        "volunt, charity, oxfam, scout, girl guid, samaritan, red cross, food bank, fundrais, soup kitchen, \
         unpaid, cadet, refugee",
    ),
];
