//! The words of the generated catalogue: invented brands, everyday products.

/// The possible values of an attribute.
pub(crate) enum Values {
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number: from, to, step, unit.
    Number(u64, u64, u64, &'static str),
    /// A feature that the product has or not.
    Flag,
}

/// One attribute of a kind of product.
pub(crate) struct Feature {
    /// The attribute's name.
    pub(crate) name: &'static str,
    /// Its possible values.
    pub(crate) values: Values,
}

/// One sub-category.
pub(crate) struct Kind {
    /// The sub-category's name.
    pub(crate) name: &'static str,
    /// Names of its products.
    pub(crate) nouns: &'static [&'static str],
    /// Lowest and highest price, in whole dollars.
    pub(crate) dollars: (u64, u64),
    /// Its attributes. The product's name contains the first, and a colour.
    pub(crate) features: &'static [Feature],
}

/// One department.
pub(crate) struct Department {
    /// Its name.
    pub(crate) name: &'static str,
    /// Three letters that start the SKUs.
    pub(crate) code: &'static str,
    /// Brands of its products.
    pub(crate) brands: &'static [&'static str],
    /// Its sub-categories.
    pub(crate) kinds: &'static [Kind],
}

const fn words(name: &'static str, words: &'static [&'static str]) -> Feature {
    Feature { name, values: Values::Words(words) }
}

const fn number(name: &'static str, low: u64, high: u64, step: u64, unit: &'static str) -> Feature {
    Feature { name, values: Values::Number(low, high, step, unit) }
}

const fn flag(name: &'static str) -> Feature {
    Feature { name, values: Values::Flag }
}

const fn kind(
    name: &'static str,
    nouns: &'static [&'static str],
    dollars: (u64, u64),
    features: &'static [Feature],
) -> Kind {
    Kind { name, nouns, dollars, features }
}

/// The name of the attribute that a product's name ends with.
pub(crate) const COLOUR: &str = "Colour";

const COLOURS: Feature = words(COLOUR, &["black", "white", "grey", "blue", "green", "red", "sand", "navy"]);
const METALS: Feature = words(COLOUR, &["silver", "graphite", "black", "white", "copper"]);
const SIZES: Feature = words("Size", &["XS", "S", "M", "L", "XL", "XXL"]);
const WOODS: Feature = words("Material", &["oak", "beech", "walnut", "pine", "ash", "bamboo"]);
const CLOTHS: Feature = words("Material", &["cotton", "linen", "wool", "merino", "fleece", "hemp"]);

/// Model lines, shared by every brand.
pub(crate) const LINES: &[&str] = &[
    "Trail", "Aero", "Nova", "Classic", "Pro", "Lumen", "Terra", "Vela", "Orbit", "Pico", "Atlas", "Mira", "Flux",
    "Solo", "Prime", "Kite", "Delta", "Ember", "Fjord", "Grove", "Halo", "Indigo", "Juno", "Koda",
];

/// Last sentences of descriptions.
pub(crate) const CLOSINGS: &[&str] = &[
    "Made to last, with spare parts for ten years.",
    "Packed without plastic.",
    "Easy to clean and simple to repair.",
    "A favourite of our staff since it came out.",
    "Two years of guarantee.",
    "Designed for every day and tested in our own workshop.",
    "Light, quiet and well finished.",
    "Comes ready to use.",
];

/// The whole assortment.
pub(crate) const DEPARTMENTS: &[Department] = &[
    Department {
        name: "Outdoor",
        code: "OUT",
        brands: &["Nordlicht", "Ridgeway", "Kestrel Peak", "Tarnfell", "Moorgate"],
        kinds: &[
            kind(
                "Backpacks",
                &["Hiking Backpack", "Daypack", "Trekking Backpack"],
                (39, 290),
                &[
                    number("Capacity", 15, 80, 5, "L"),
                    COLOURS,
                    flag("Rain cover"),
                    number("Weight", 600, 2400, 50, "g"),
                ],
            ),
            kind(
                "Tents",
                &["Dome Tent", "Tunnel Tent", "Trekking Tent"],
                (89, 690),
                &[
                    number("Persons", 1, 6, 1, "person"),
                    COLOURS,
                    number("Water column", 2000, 6000, 500, "mm"),
                    flag("Freestanding"),
                ],
            ),
            kind(
                "Sleeping bags",
                &["Down Sleeping Bag", "Mummy Sleeping Bag", "Summer Sleeping Bag"],
                (49, 420),
                &[
                    words("Season", &["summer", "3-season", "winter"]),
                    COLOURS,
                    words("Filling", &["down", "synthetic", "wool"]),
                ],
            ),
            kind(
                "Lamps",
                &["Headlamp", "Camping Lantern", "Torch"],
                (15, 120),
                &[number("Brightness", 100, 1200, 50, "lm"), flag("Rechargeable"), METALS],
            ),
            kind(
                "Cookware",
                &["Camping Stove", "Cook Set", "Insulated Bottle"],
                (19, 160),
                &[
                    number("Capacity", 300, 2000, 100, "ml"),
                    words("Material", &["titanium", "steel", "aluminium"]),
                    METALS,
                ],
            ),
        ],
    },
    Department {
        name: "Cycling",
        code: "CYC",
        brands: &["Velora", "Spokeworks", "Cadenza", "Pavé & Co", "Ironbell"],
        kinds: &[
            kind(
                "City bikes",
                &["City Bike", "Step-Through Bike", "Commuter Bike"],
                (390, 1900),
                &[
                    number("Wheel size", 26, 29, 1, "in"),
                    COLOURS,
                    number("Gears", 3, 24, 1, "gears"),
                    flag("Belt drive"),
                ],
            ),
            kind(
                "E-bikes",
                &["E-Bike", "Electric Cargo Bike", "Folding E-Bike"],
                (1290, 5900),
                &[
                    number("Battery", 300, 900, 50, "Wh"),
                    COLOURS,
                    number("Range", 40, 160, 10, "km"),
                    words("Motor", &["mid", "hub"]),
                ],
            ),
            kind(
                "Helmets",
                &["Bike Helmet", "Road Helmet", "Kids Helmet"],
                (29, 240),
                &[SIZES, COLOURS, flag("Light")],
            ),
            kind(
                "Locks",
                &["Folding Lock", "U-Lock", "Chain Lock"],
                (19, 150),
                &[number("Length", 60, 140, 10, "cm"), number("Security level", 1, 15, 1, ""), METALS],
            ),
            kind(
                "Pumps",
                &["Floor Pump", "Mini Pump", "Electric Pump"],
                (15, 130),
                &[number("Pressure", 6, 16, 1, "bar"), flag("Gauge"), METALS],
            ),
        ],
    },
    Department {
        name: "Computers",
        code: "COM",
        brands: &["Quantic", "Bitforge", "Larkspur", "Helix Nine", "Tessera"],
        kinds: &[
            kind(
                "Laptops",
                &["Laptop", "Ultrabook", "Workstation Laptop"],
                (490, 3200),
                &[
                    number("Display diagonal", 13, 17, 1, "in"),
                    METALS,
                    number("Memory", 8, 64, 8, "GB"),
                    number("Storage", 256, 2048, 256, "GB"),
                    flag("Touchscreen"),
                ],
            ),
            kind(
                "Monitors",
                &["Monitor", "Curved Monitor", "USB-C Monitor"],
                (129, 1400),
                &[
                    number("Display diagonal", 22, 40, 1, "in"),
                    words("Resolution", &["Full HD", "QHD", "4K UHD"]),
                    METALS,
                    number("Refresh rate", 60, 240, 60, "Hz"),
                ],
            ),
            kind(
                "Keyboards",
                &["Mechanical Keyboard", "Wireless Keyboard", "Compact Keyboard"],
                (25, 240),
                &[words("Layout", &["US", "UK", "German", "French"]), flag("Wireless"), METALS],
            ),
            kind(
                "Mice",
                &["Wireless Mouse", "Ergonomic Mouse", "Gaming Mouse"],
                (12, 140),
                &[number("Resolution", 800, 24000, 800, "dpi"), flag("Wireless"), METALS],
            ),
            kind(
                "Drives",
                &["Portable SSD", "External Hard Drive", "USB Stick"],
                (14, 420),
                &[
                    number("Storage", 128, 4096, 128, "GB"),
                    words("Connector", &["USB-C", "USB-A", "Thunderbolt"]),
                    METALS,
                ],
            ),
        ],
    },
    Department {
        name: "Phones & Tablets",
        code: "PHO",
        brands: &["Lumea", "Onda", "Calliope", "Vertex", "Saga Mobile"],
        kinds: &[
            kind(
                "Smartphones",
                &["Smartphone", "5G Smartphone", "Compact Smartphone"],
                (149, 1300),
                &[
                    number("Storage", 64, 1024, 64, "GB"),
                    METALS,
                    number("Battery", 3000, 6000, 100, "mAh"),
                    flag("eSIM"),
                ],
            ),
            kind(
                "Tablets",
                &["Tablet", "Drawing Tablet", "Kids Tablet"],
                (99, 1100),
                &[
                    number("Display diagonal", 8, 13, 1, "in"),
                    METALS,
                    number("Storage", 64, 512, 64, "GB"),
                    flag("Pen included"),
                ],
            ),
            kind(
                "Chargers",
                &["USB-C Charger", "Wireless Charger", "Car Charger"],
                (12, 90),
                &[number("Power", 20, 140, 5, "W"), number("Ports", 1, 4, 1, "ports"), METALS],
            ),
            kind(
                "Power banks",
                &["Power Bank", "Solar Power Bank", "Slim Power Bank"],
                (19, 130),
                &[number("Capacity", 5000, 30000, 1000, "mAh"), flag("Wireless charging"), METALS],
            ),
            kind(
                "Cases",
                &["Phone Case", "Wallet Case", "Rugged Case"],
                (9, 60),
                &[words("Material", &["silicone", "leather", "cork", "polycarbonate"]), COLOURS, flag("Magnetic")],
            ),
        ],
    },
    Department {
        name: "Audio",
        code: "AUD",
        brands: &["Resonar", "Deepwell", "Tonewood", "Klangwerk", "Auralis"],
        kinds: &[
            kind(
                "Headphones",
                &["Over-Ear Headphones", "Noise-Cancelling Headphones", "Studio Headphones"],
                (49, 490),
                &[number("Battery life", 20, 80, 5, "h"), METALS, flag("Noise cancelling"), flag("Wireless")],
            ),
            kind(
                "Earbuds",
                &["Wireless Earbuds", "Sport Earbuds", "In-Ear Monitors"],
                (29, 320),
                &[number("Battery life", 4, 12, 1, "h"), METALS, flag("Noise cancelling")],
            ),
            kind(
                "Speakers",
                &["Bluetooth Speaker", "Bookshelf Speaker", "Soundbar"],
                (39, 890),
                &[number("Power", 10, 300, 10, "W"), METALS, flag("Waterproof")],
            ),
            kind(
                "Turntables",
                &["Turntable", "Belt-Drive Turntable", "USB Turntable"],
                (119, 990),
                &[words("Material", &["walnut", "oak", "acrylic", "steel"]), flag("Preamplifier"), METALS],
            ),
            kind(
                "Microphones",
                &["USB Microphone", "Condenser Microphone", "Lavalier Microphone"],
                (35, 520),
                &[words("Pattern", &["cardioid", "omnidirectional", "figure-8"]), METALS, flag("Stand included")],
            ),
        ],
    },
    Department {
        name: "Kitchen",
        code: "KIT",
        brands: &["Saffron & Oak", "Herdwerk", "Copperline", "Maison Plume", "Tidewater"],
        kinds: &[
            kind(
                "Coffee makers",
                &["Espresso Machine", "Filter Coffee Maker", "French Press"],
                (29, 990),
                &[
                    number("Capacity", 300, 1800, 100, "ml"),
                    METALS,
                    number("Power", 600, 1800, 100, "W"),
                    flag("Grinder"),
                ],
            ),
            kind(
                "Kettles",
                &["Electric Kettle", "Gooseneck Kettle", "Tea Kettle"],
                (25, 150),
                &[number("Capacity", 600, 2000, 100, "ml"), METALS, flag("Temperature control")],
            ),
            kind(
                "Knives",
                &["Chef's Knife", "Bread Knife", "Santoku Knife"],
                (19, 260),
                &[
                    number("Blade", 9, 28, 1, "cm"),
                    words("Steel", &["carbon", "stainless", "damascus"]),
                    flag("Dishwasher safe"),
                ],
            ),
            kind(
                "Pans",
                &["Frying Pan", "Sauté Pan", "Wok"],
                (25, 210),
                &[
                    number("Diameter", 16, 36, 2, "cm"),
                    words("Material", &["cast iron", "steel", "copper", "ceramic"]),
                    flag("Induction"),
                ],
            ),
            kind(
                "Blenders",
                &["Stand Blender", "Hand Blender", "Smoothie Maker"],
                (29, 420),
                &[number("Power", 300, 2000, 100, "W"), METALS, number("Speeds", 2, 12, 1, "speeds")],
            ),
        ],
    },
    Department {
        name: "Furniture",
        code: "FUR",
        brands: &["Holm", "Ostrava Works", "Lindgren & Daughters", "Casa Verde", "Plainfold"],
        kinds: &[
            kind(
                "Desks",
                &["Standing Desk", "Writing Desk", "Corner Desk"],
                (149, 1200),
                &[number("Width", 100, 200, 10, "cm"), WOODS, flag("Height adjustable"), COLOURS],
            ),
            kind(
                "Chairs",
                &["Office Chair", "Dining Chair", "Armchair"],
                (59, 890),
                &[
                    words("Cover", &["fabric", "leather", "mesh", "velvet"]),
                    COLOURS,
                    number("Load", 100, 180, 10, "kg"),
                ],
            ),
            kind(
                "Shelves",
                &["Bookshelf", "Wall Shelf", "Shoe Rack"],
                (29, 480),
                &[number("Height", 40, 220, 10, "cm"), WOODS, number("Boards", 2, 8, 1, "boards")],
            ),
            kind(
                "Beds",
                &["Bed Frame", "Day Bed", "Storage Bed"],
                (199, 1600),
                &[number("Width", 90, 200, 10, "cm"), WOODS, flag("Slats included")],
            ),
            kind(
                "Lighting",
                &["Desk Lamp", "Floor Lamp", "Pendant Lamp"],
                (25, 390),
                &[number("Brightness", 200, 2000, 100, "lm"), METALS, flag("Dimmable")],
            ),
        ],
    },
    Department {
        name: "Clothing",
        code: "CLO",
        brands: &["Wool & Weather", "Threadgold", "Sable Street", "Nimbus Wear", "Faroe Knit"],
        kinds: &[
            kind(
                "Jackets",
                &["Rain Jacket", "Down Jacket", "Softshell Jacket"],
                (59, 420),
                &[SIZES, COLOURS, flag("Waterproof"), flag("Hood")],
            ),
            kind("Sweaters", &["Crewneck Sweater", "Cardigan", "Turtleneck"], (39, 220), &[SIZES, COLOURS, CLOTHS]),
            kind(
                "Trousers",
                &["Chinos", "Hiking Trousers", "Jeans"],
                (35, 190),
                &[number("Waist", 28, 42, 1, "in"), COLOURS, words("Fit", &["slim", "regular", "relaxed"])],
            ),
            kind("T-shirts", &["T-Shirt", "Long-Sleeve Shirt", "Polo Shirt"], (15, 79), &[SIZES, COLOURS, CLOTHS]),
            kind(
                "Shoes",
                &["Sneakers", "Hiking Boots", "Loafers"],
                (49, 290),
                &[
                    number("EU size", 36, 47, 1, "EU"),
                    COLOURS,
                    words("Material", &["leather", "suede", "canvas", "mesh"]),
                ],
            ),
        ],
    },
    Department {
        name: "Garden",
        code: "GAR",
        brands: &["Greenlow", "Spadewell", "Bramble & Son", "Hortus", "Rainhaven"],
        kinds: &[
            kind(
                "Mowers",
                &["Cordless Mower", "Robot Mower", "Push Mower"],
                (89, 1900),
                &[
                    number("Cutting width", 25, 53, 1, "cm"),
                    number("Lawn area", 100, 1500, 100, "m²"),
                    flag("Mulching"),
                ],
            ),
            kind(
                "Hand tools",
                &["Pruning Shears", "Spade", "Garden Fork"],
                (12, 110),
                &[number("Length", 18, 120, 2, "cm"), WOODS, flag("Stainless")],
            ),
            kind(
                "Watering",
                &["Garden Hose", "Watering Can", "Irrigation Set"],
                (15, 190),
                &[number("Length", 5, 50, 5, "m"), COLOURS, flag("Frost proof")],
            ),
            kind(
                "Grills",
                &["Charcoal Grill", "Gas Grill", "Smoker"],
                (49, 1300),
                &[number("Grate", 37, 90, 1, "cm"), METALS, flag("Lid thermometer")],
            ),
            kind(
                "Planters",
                &["Planter", "Raised Bed", "Hanging Basket"],
                (9, 240),
                &[
                    number("Volume", 3, 120, 3, "L"),
                    words("Material", &["terracotta", "zinc", "larch", "recycled plastic"]),
                    COLOURS,
                ],
            ),
        ],
    },
    Department {
        name: "Toys & Games",
        code: "TOY",
        brands: &["Brickwood", "Little Comet", "Meeple House", "Zotti", "Pinecub"],
        kinds: &[
            kind(
                "Board games",
                &["Strategy Game", "Family Game", "Party Game"],
                (15, 95),
                &[
                    number("Players", 2, 8, 1, "player"),
                    number("Playing time", 15, 180, 15, "min"),
                    number("Age", 6, 16, 1, "years"),
                ],
            ),
            kind(
                "Building sets",
                &["Building Set", "Marble Run", "Train Set"],
                (19, 260),
                &[number("Pieces", 50, 2000, 50, "piece"), number("Age", 3, 14, 1, "years"), flag("Motor")],
            ),
            kind(
                "Puzzles",
                &["Jigsaw Puzzle", "Wooden Puzzle", "3D Puzzle"],
                (9, 69),
                &[
                    number("Pieces", 100, 3000, 100, "piece"),
                    words("Motif", &["mountains", "harbour", "animals", "map", "forest"]),
                ],
            ),
            kind(
                "Plush",
                &["Plush Bear", "Plush Fox", "Plush Whale"],
                (9, 59),
                &[
                    number("Height", 15, 80, 5, "cm"),
                    words(COLOUR, &["brown", "grey", "white", "red", "blue"]),
                    flag("Washable"),
                ],
            ),
            kind(
                "Outdoor toys",
                &["Kite", "Balance Bike", "Scooter"],
                (12, 180),
                &[number("Age", 3, 12, 1, "years"), COLOURS, flag("Foldable")],
            ),
        ],
    },
    Department {
        name: "Office",
        code: "OFF",
        brands: &["Paperwell", "Inkwright", "Ledger & Lane", "Clipstone", "Marginalia"],
        kinds: &[
            kind(
                "Notebooks",
                &["Dotted Notebook", "Ruled Notebook", "Sketchbook"],
                (5, 39),
                &[words("Format", &["A4", "A5", "A6", "B5"]), COLOURS, number("Pages", 48, 320, 16, "pages")],
            ),
            kind(
                "Pens",
                &["Fountain Pen", "Rollerball", "Mechanical Pencil"],
                (3, 190),
                &[words("Nib", &["fine", "medium", "broad"]), METALS, flag("Refillable")],
            ),
            kind(
                "Printers",
                &["Laser Printer", "Inkjet Printer", "Label Printer"],
                (79, 690),
                &[number("Speed", 12, 50, 2, "ppm"), flag("Colour printing"), flag("Duplex"), METALS],
            ),
            kind(
                "Paper",
                &["Copy Paper", "Photo Paper", "Recycled Paper"],
                (4, 45),
                &[
                    number("Sheets", 50, 500, 50, "sheet"),
                    number("Grammage", 70, 260, 10, "g/m²"),
                    words("Format", &["A3", "A4", "A5"]),
                ],
            ),
            kind(
                "Organisers",
                &["Desk Organiser", "Filing Box", "Magazine Holder"],
                (8, 89),
                &[number("Compartments", 2, 12, 1, "part"), WOODS, COLOURS],
            ),
        ],
    },
    Department {
        name: "Health & Sport",
        code: "SPO",
        brands: &["Stridewell", "Balans", "Corevia", "Tempo Nord", "Aquila Sport"],
        kinds: &[
            kind(
                "Weights",
                &["Kettlebell", "Dumbbell Pair", "Weight Vest"],
                (15, 290),
                &[
                    number("Weight", 2, 40, 2, "kg"),
                    words("Material", &["cast iron", "steel", "vinyl", "rubber"]),
                    COLOURS,
                ],
            ),
            kind(
                "Yoga",
                &["Yoga Mat", "Yoga Block Set", "Meditation Cushion"],
                (12, 140),
                &[words("Material", &["cork", "natural rubber", "cotton", "jute"]), COLOURS, flag("Carry strap")],
            ),
            kind(
                "Watches",
                &["Sports Watch", "GPS Watch", "Fitness Band"],
                (49, 690),
                &[number("Battery life", 2, 40, 2, "day"), METALS, flag("GPS"), flag("Heart rate")],
            ),
            kind(
                "Swimming",
                &["Swimming Goggles", "Wetsuit", "Swim Fins"],
                (12, 260),
                &[SIZES, COLOURS, flag("Anti-fog")],
            ),
            kind(
                "Running",
                &["Running Shoes", "Running Vest", "Running Shorts"],
                (25, 210),
                &[SIZES, COLOURS, flag("Reflective")],
            ),
        ],
    },
];
