//! The order of products.

use std::str::FromStr;

use souk_domain::validation::Invalid;

/// The order of products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Best match first; without a text, in stock first and newest first.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceAsc,
    /// Most expensive first.
    PriceDesc,
    /// Latest release first.
    Newest,
    /// By name, ignoring case.
    Name,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 5] = [Self::Relevance, Self::PriceAsc, Self::PriceDesc, Self::Newest, Self::Name];

    /// The word for it in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::PriceAsc => "price_asc",
            Self::PriceDesc => "price_desc",
            Self::Newest => "newest",
            Self::Name => "name",
        }
    }
}

impl FromStr for Sort {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let message = "must be relevance, price_asc, price_desc, newest or name";
        Self::ALL.into_iter().find(|sort| sort.as_str() == raw).ok_or_else(|| Invalid::new("unknown_value", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_has_its_word() {
        for sort in Sort::ALL {
            assert_eq!(sort.as_str().parse(), Ok(sort));
        }
        assert_eq!("cheap".parse::<Sort>().map_err(|e| e.code), Err("unknown_value"));
    }
}
