//! What every payment provider must do, on each there is: the sandbox, and Stripe's adapter on the fake Stripe. What only
//! Stripe's adapter does; and the form of its calls, on the stripe-mock that `SOUK_CONTRACT_STRIPE_MOCK` names.

mod every_provider;
mod fixture;
mod on_stripe;
mod on_stripe_mock;
