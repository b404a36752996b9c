//! Contract tests of every payment provider: the sandbox, and Stripe's adapter on the fake Stripe. Further tests of
//! Stripe's adapter, and of the form of its calls on the stripe-mock that `SOUK_CONTRACT_STRIPE_MOCK` names.

mod every_provider;
mod fixture;
mod on_stripe;
mod on_stripe_mock;
