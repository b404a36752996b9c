//! Members of staff with some of the roles.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::caller::Caller;
use crate::session::Session;
use crate::shop::Shop;

/// An access token that is older is replaced. It is valid for 15 minutes.
const TOKEN_TIME: Duration = Duration::from_mins(8);

/// The members of this process by their roles. Making one takes a mail and several log-ins.
static MEMBERS: Mutex<BTreeMap<Vec<String>, (Session, Instant)>> = Mutex::new(BTreeMap::new());

impl Shop {
    /// A member of staff with exactly these roles (`catalogue`, `support`) and a second factor.
    pub fn staff_with(&'static self, roles: &[&str]) -> Caller {
        self.member(roles).caller
    }

    /// The session of that member.
    pub fn member(&'static self, roles: &[&str]) -> Session {
        let mut members = MEMBERS.lock().unwrap_or_else(PoisonError::into_inner);
        let key: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        let known = members.get(&key).map(|(session, since)| (session.clone(), since.elapsed()));
        let session = match known {
            Some((session, age)) if age < TOKEN_TIME => return session,
            Some((session, _)) => {
                let body = json!({"refresh_token": session.refresh_token});
                self.session(&session.email, &self.anyone().post("/auth/refresh", body).is(200))
            }
            None => self.new_member(roles),
        };
        members.insert(key, (session.clone(), Instant::now()));
        session
    }

    /// A new member of staff with these roles, for tests that end its sessions or change its roles.
    pub fn new_member(&'static self, roles: &[&str]) -> Session {
        let account = self.verified();
        let mut factor = account.enrol();
        self.grant(&account.user_id, roles);
        self.log_in(&account.email, Some(&mut factor))
    }

    /// Gives an account these roles instead of those that it has, which ends its sessions.
    pub fn grant(&'static self, user_id: &str, roles: &[&str]) {
        let answer = self.staff().put(&format!("/admin/staff/{user_id}"), json!({"roles": roles}));
        assert!((200..300).contains(&answer.status), "{answer}");
    }
}
