// A service with one thing and two operations: just enough for a table. Included by the compile tests.

use kurodo_gateway::{Authorized, Dialect, Failure, Handler, Reply, Service, ServiceFacts, service};

pub struct Shelf {
    pub store: kurodo_store::Store,
}

pub mod resources {
    use kurodo_gateway::authz::{Resource, Scope};

    pub struct Book {
        pub title: String,
    }

    impl Resource for Book {
        fn owner(&self) -> kurodo_arn::AccountId {
            kurodo_arn::AccountId::new(1).unwrap()
        }
        fn scope(&self) -> Scope {
            Scope::new(self.title.as_bytes().to_vec())
        }
    }

    pub async fn book(
        _find: &kurodo_gateway::Find<'_, crate::Shelf>,
        title: &str,
    ) -> Result<Book, kurodo_gateway::Failure> {
        Ok(Book { title: title.to_owned() })
    }
}

pub mod model {
    use kurodo_gateway::wire::{Member, OperationSchema, Schema, ServiceSchema};

    static STRING: Schema = Schema::new("String", kurodo_gateway::wire::Kind::String);
    static TITLED: Schema = Schema::structure("Titled", &[Member::new("title", &STRING)]);
    static EMPTY: Schema = Schema::structure("Empty", &[]);

    kurodo_gateway::wire::shape! {
        pub struct Titled: TITLED { title: String = "title" }
    }
    kurodo_gateway::wire::shape! {
        pub struct Empty: EMPTY {}
    }

    pub static OPERATION: OperationSchema = OperationSchema {
        max_body: 1024,
        max_values: 1024,
        ..OperationSchema::new("Operation", "POST", "/", [&TITLED, &EMPTY])
    };

    pub static SERVICE: ServiceSchema = ServiceSchema {
        name: "shelf",
        service_id: "Shelf",
        api_version: "2026-01-01",
        endpoint_prefix: "shelf",
        signing_name: "shelf",
        target_prefix: None,
        global_endpoint: None,
        xml_namespace: None,
        protocols: &[],
        query_compatible: false,
        error_namespace: None,
        dialect: kurodo_gateway::wire::Dialect::Standard,
        operations: &[],
        refused: &[],
        errors: &[],
    };

    pub mod op {
        kurodo_gateway::wire::operations! {
            "shelf";
            ReadBook(super::Titled) -> super::Empty = super::OPERATION;
            ChangeBook(super::Titled) -> super::Empty = super::OPERATION;
        }
    }
}

impl Service for Shelf {
    type Error = Failure;
    const FACTS: &'static ServiceFacts =
        &ServiceFacts { schema: &model::SERVICE, dialect: Dialect::Json, region: None, skew_seconds: 900, scraped: None, data_events: &[] };
}
